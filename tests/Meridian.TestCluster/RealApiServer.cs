using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Meridian.Testing;

namespace Meridian.TestCluster;

/// <summary>
/// A real <c>kube-apiserver</c> with its <c>etcd</c>, from the folder that <c>KUBEBUILDER_ASSETS</c> names, on loopback
/// and with a token. There are no controllers beside it: what they would write, a test writes.
/// </summary>
public sealed class RealApiServer : ApiServer
{
    /// <summary>The first word by which xunit.v3 knows that an exception skips a test.</summary>
    private const string Skip = "$XunitDynamicSkip$";

    /// <summary>What a server before 1.21 lacks, as a custom resource: its API is the same.</summary>
    private const string EndpointSlices = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: endpointslices.discovery.k8s.io
          annotations: {api-approved.kubernetes.io: "unapproved, for tests"}
        spec:
          group: discovery.k8s.io
          scope: Namespaced
          names: {kind: EndpointSlice, plural: endpointslices, singular: endpointslice, listKind: EndpointSliceList}
          versions:
          - name: v1
            served: true
            storage: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """;

    private const double StartSeconds = 60;

    private readonly TestFolder _folder = new();
    private readonly List<ServedType> _types = [.. ServedType.BuiltIn];
    private readonly string _assets;
    private readonly int _port;
    private readonly int _etcdPort;
    private readonly HttpClient _client;
    private readonly bool _hasEndpointSlices;
    private Process? _etcd;
    private Process? _server;

    private RealApiServer(string assets)
    {
        (_assets, _port, _etcdPort) = (assets, Ports.Free(), Ports.Free());
        _hasEndpointSlices = MinorVersion(assets) >= 21;
        _client = new HttpClient(new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback =
                HttpClientHandler.DangerousAcceptAnyServerCertificateValidator,
        })
        {
            BaseAddress = Uri,
            DefaultRequestHeaders = { Authorization = new("Bearer", AdminToken) },
        };
    }

    private static string? Assets => Environment.GetEnvironmentVariable("KUBEBUILDER_ASSETS") is { Length: > 0 } folder
        && File.Exists($"{folder}/kube-apiserver") && File.Exists($"{folder}/etcd") ? folder : null;

    public override Uri Uri => new($"https://127.0.0.1:{_port}");

    public override string AdminToken { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));

    /// <summary>Starts one; skips the test where there are no programs.</summary>
    public static async Task<RealApiServer> StartAsync()
    {
        var server = new RealApiServer(Assets
            ?? throw new InvalidOperationException(
                $"{Skip}KUBEBUILDER_ASSETS names no folder with kube-apiserver and etcd"));
        try
        {
            await server.RunEtcdAsync();
            await server.ListenAsync();
            if (!server._hasEndpointSlices)
                server.Put(EndpointSlices);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public override async Task ListenAsync()
    {
        // else the group is not free for a definition
        string[] old = _hasEndpointSlices ? [] : ["--runtime-config=discovery.k8s.io/v1beta1=false"];
        _server = Start("kube-apiserver",
            [$"--etcd-servers=http://127.0.0.1:{_etcdPort}", $"--cert-dir={_folder.Path}/certs",
            "--bind-address=127.0.0.1",
            $"--secure-port={_port}", $"--token-auth-file={_folder.Path}/tokens.csv", "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={_folder.Path}/sa.pub",
            $"--service-account-signing-key-file={_folder.Path}/sa.key", "--disable-admission-plugins=ServiceAccount",
            .. old]);
        await Wait.UntilAsync(IsReadyAsync, () => "kube-apiserver does not get ready:\n"
            + File.ReadAllText($"{_folder.Path}/kube-apiserver.log"), StartSeconds);
    }

    public override Task StopAsync() => EndAsync(Interlocked.Exchange(ref _server, null));

    public override void Put(JsonObject document)
    {
        var type = _types.First(t => t.ApiVersion == (string?)document["apiVersion"]
            && t.Kind == (string?)document["kind"]);
        var ns = type.Namespaced ? (string?)document["metadata"]?["namespace"] ?? "default" : "";
        var name = new ObjectName(type, ns, (string)document["metadata"]!["name"]!);
        if (type.Kind == "CustomResourceDefinition")
            _types.Add(ServedType.Of(document));
        else if (Send(HttpMethod.Get, $"api/v1/namespaces/{ns}") is null)
            Send(HttpMethod.Post, "api/v1/namespaces",
                new JsonObject
                {
                    ["apiVersion"] = "v1",
                    ["kind"] = "Namespace",
                    ["metadata"] = new JsonObject { ["name"] = ns },
                });
        Write(name, "", document);
        if (type.Status && document["status"] is not null)
            Write(name, "/status", document);
        if (type.Kind == "CustomResourceDefinition")
            AwaitEstablished(_types[^1]);
    }

    public override JsonObject? Find(string plural, string ns, string name) =>
        Send(HttpMethod.Get, Path(new ObjectName(TypeOf(plural), ns, name)));

    public override IReadOnlyList<JsonObject> List(string plural, string? ns = null) =>
        [.. Send(HttpMethod.Get, Folder(TypeOf(plural), ns))!["items"]!.AsArray().Select(i => i!.AsObject())];

    public override void Delete(string plural, string ns, string name) =>
        Send(HttpMethod.Delete, Path(new ObjectName(TypeOf(plural), ns, name)));

    public override async ValueTask DisposeAsync()
    {
        await StopAsync();
        await EndAsync(_etcd);
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task RunEtcdAsync()
    {
        var peer = Ports.Free();
        _etcd = Start("etcd", $"--data-dir={_folder.Path}/etcd", $"--listen-client-urls=http://127.0.0.1:{_etcdPort}",
            $"--advertise-client-urls=http://127.0.0.1:{_etcdPort}", $"--listen-peer-urls=http://127.0.0.1:{peer}",
            "--unsafe-no-fsync");
        await File.WriteAllTextAsync($"{_folder.Path}/tokens.csv", $"{AdminToken},admin,admin,system:masters\n");
        using var key = RSA.Create(2048);
        await File.WriteAllTextAsync($"{_folder.Path}/sa.key", key.ExportRSAPrivateKeyPem());
        await File.WriteAllTextAsync($"{_folder.Path}/sa.pub", key.ExportSubjectPublicKeyInfoPem());
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var answer = await _client.GetAsync("readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>A definition is served a moment after it is written.</summary>
    private void AwaitEstablished(ServedType type)
    {
        var until = Stopwatch.StartNew();
        while (Send(HttpMethod.Get, Folder(type, null)) is null)
        {
            if (until.Elapsed > TestTime.Limit(StartSeconds))
                throw new TimeoutException($"{type.Plural} are not served");
            Thread.Sleep(50);
        }
    }

    private void Write(ObjectName name, string part, JsonObject document)
    {
        while (true)
        {
            var live = Send(HttpMethod.Get, Path(name));
            var wanted = document.DeepClone().AsObject();
            if (live is null)
            {
                Send(HttpMethod.Post, Folder(name.Type, name.Namespace), wanted);
                return;
            }

            wanted["metadata"]!["resourceVersion"] = (string?)live["metadata"]!["resourceVersion"];
            if (Send(HttpMethod.Put, Path(name) + part, wanted) is { } answer
                && (string?)answer["reason"] != "Conflict")
                return;
        }
    }

    /// <summary>The answer; null for what is not there. A server that is not ready for it yet (429) is asked
    /// again.</summary>
    private JsonObject? Send(HttpMethod method, string path, JsonObject? body = null)
    {
        var until = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return SendOnce(method, path, body);
            }
            catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.TooManyRequests
                && until.Elapsed < TestTime.Limit(StartSeconds))
            {
                Thread.Sleep(100);
            }
        }
    }

    private JsonObject? SendOnce(HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method,
            path)
        { Content = body is null ? null : JsonContent.Create<JsonNode>(body) };
        using var answer = _client.Send(request);
        using var stream = answer.Content.ReadAsStream();
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return null;
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return answer.IsSuccessStatusCode
            || answer.StatusCode == HttpStatusCode.Conflict ? JsonNode.Parse(text)!.AsObject()
            : throw new HttpRequestException($"{method} {path}: {(int)answer.StatusCode} {text}", null,
                answer.StatusCode);
    }

    private ServedType TypeOf(string plural) => _types.First(t => t.Plural == plural);

    private static string Path(ObjectName name) => $"{Folder(name.Type, name.Namespace)}/{name.Name}";

    private static string Folder(ServedType type, string? ns)
    {
        var root = type.Group.Length == 0 ? "api" : "apis";
        var folder = string.IsNullOrEmpty(ns) ? "" : $"namespaces/{ns}/";
        return $"{root}/{type.ApiVersion}/{folder}{type.Plural}";
    }

    private Process Start(string program, params string[] arguments)
    {
        // It ends with its standard input, and so with this process, however that ends.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = _folder.Path, RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(
            $"\"$0\" \"$@\" >> '{_folder.Path}/{program}.log' 2>&1 & read end; kill -9 $!; wait $!");
        start.ArgumentList.Add($"{_assets}/{program}");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static int MinorVersion(string assets)
    {
        using var process = Process.Start(new ProcessStartInfo($"{assets}/kube-apiserver",
            "--version")
        { RedirectStandardOutput = true })!;
        // Kubernetes v1.33.2
        return int.Parse(process.StandardOutput.ReadToEnd().Split('.')[1], CultureInfo.InvariantCulture);
    }

    private static async Task EndAsync(Process? process)
    {
        if (process is null)
            return;
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
