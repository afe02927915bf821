using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Meridian.Bench.Dns;

/// <summary>Each server with the same zone of 200 plain names, and with steered names where it has such.</summary>
internal sealed class Servers(string folder)
{
    private static readonly string[] Static = ["plain A", "plain A, EDNS", "NXDOMAIN"];

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "meridian");

    private int _port = 15300;

    /// <summary>Where Meridian's API listens, once it is started.</summary>
    public int ManagementPort { get; private set; }

    public Task<Server> EchoAsync(string program)
    {
        var port = _port++;
        return Server.StartAsync("echo in C", port, Case.All.Select(c => c.Name), program, $"{port}");
    }

    public Task<Server> MeridianAsync()
    {
        var port = _port++;
        var home = Folder("meridian");
        File.WriteAllText(Path.Combine(home, "networks.csv"),
            Networks((first, second) =>
                $"{first}.{second}.0.0/16,{(second % 2 == 0 ? "VN,21.03,105.85" : "DE,50.11,8.68")},0,\n"));
        File.WriteAllText(Path.Combine(home, "meridian.yaml"), Configuration());
        using (var keys = Process.Start(new ProcessStartInfo(Program,
            ["zone", "keys", "create", Case.Zone, "--folder",
                Path.Combine(home, "keys")])
        { RedirectStandardOutput = true })!)
            keys.WaitForExit();
        ManagementPort = port + 1000;
        return Server.StartAsync("Meridian", port, Case.All.Select(c => c.Name), Program,
            "serve", "--config", Path.Combine(home, "meridian.yaml"), "--geo", Path.Combine(home, "networks.csv"),
                "--state", Path.Combine(home, "state"),
            "--dns", $"127.0.0.1:{port}", "--management", $"127.0.0.1:{port + 1000}");
    }

    /// <summary>Meridian with a zone of so many names in a master file.</summary>
    public Task<Server> MeridianOfAsync(int names)
    {
        var port = _port++;
        var home = Folder($"meridian-{names}");
        using (var zone = new StreamWriter(Path.Combine(home, "zone")))
        {
            zone.Write("$TTL 300\n@ SOA ns1 hostmaster 1 7200 1800 259200 30\n@ NS ns1\nns1 A 127.0.0.1\n");
            for (var i = 0; i < names; i++)
                zone.Write(string.Create(CultureInfo.InvariantCulture,
                    $"n{i} A 127.{1 + (i >> 16)}.{(i >> 8) & 255}.{i & 255}\n"));
        }

        File.WriteAllText(Path.Combine(home, "meridian.yaml"),
            "apiVersion: meridian.dev/v1alpha1\nkind: Zone\nmetadata: {name: bench}\n"
            + $"spec: {{origin: {Case.Zone}, file: zone}}\n");
        return Server.StartAsync($"Meridian, {names} names", port, Static, Program, "serve", "--config",
            Path.Combine(home, "meridian.yaml"),
            "--state", Path.Combine(home, "state"), "--dns", $"127.0.0.1:{port}", "--management",
                $"127.0.0.1:{port + 1000}");
    }

    public Task<Server> KnotAsync()
    {
        var port = _port++;
        var home = Folder("knot");
        File.WriteAllText(Path.Combine(home, "zone"), MasterFile());
        File.WriteAllText(Path.Combine(home, "conf"), $"""
            server:
                rundir: {home}
                listen: 127.0.0.1@{port}
                udp-workers: 1
                tcp-workers: 1
                background-workers: 1
            database:
                storage: {home}
            policy:
              - id: ecdsa
                algorithm: ecdsap256sha256
                single-type-signing: on
            zone:
              - domain: {Case.Zone}
                file: {home}/zone
                storage: {home}
                zonefile-sync: -1
                dnssec-signing: on
                dnssec-policy: ecdsa
            """);
        return Server.StartAsync("Knot", port, [.. Static, "signed A"], "/usr/sbin/knotd", "-c",
            Path.Combine(home, "conf"));
    }

    public Task<Server> NsdAsync()
    {
        var port = _port++;
        var home = Folder("nsd");
        File.WriteAllText(Path.Combine(home, "zone"), MasterFile());
        File.WriteAllText(Path.Combine(home, "conf"), $"""
            server:
                ip-address: 127.0.0.1@{port}
                username: ""
                zonesdir: "{home}"
                pidfile: "{home}/pid"
                xfrdfile: "{home}/xfrd"
                xfrdir: "{home}"
                zonelistfile: "{home}/zonelist"
                database: ""
                server-count: 1
                minimal-responses: yes
                rrl-ratelimit: 0
                rrl-whitelist-ratelimit: 0
            remote-control:
                control-enable: no
            zone:
                name: "{Case.Zone}"
                zonefile: "zone"
            """);
        return Server.StartAsync("NSD", port, Static, "/usr/sbin/nsd", "-d", "-c", Path.Combine(home, "conf"));
    }

    public Task<Server> GdnsdAsync()
    {
        var port = _port++;
        var home = Folder("gdnsd");
        foreach (var sub in (string[])["zones", "run", "state", "geoip"])
            Directory.CreateDirectory(Path.Combine(home, sub));
        var weighted = new StringBuilder();
        var near = new StringBuilder();
        for (var i = 0; i < Case.Names; i++)
        {
            weighted.Append(CultureInfo.InvariantCulture,
                $"w{i} => {{ a => [ 127.1.{i}.1, 80 ], b => [ 127.1.{i}.2, 20 ] }}\n");
            near.Append(CultureInfo.InvariantCulture,
                $"g{i} => {{ map => places, dcmap => {{ vn => 127.1.{i}.1, de => 127.1.{i}.2 }} }}\n");
        }

        File.WriteAllText(Path.Combine(home, "geoip", "nets"),
            Networks((first, second) => $"{first}.{second}.0.0/16 => [ {(second % 2 == 0 ? "vn, de" : "de, vn")} ]\n"));
        File.WriteAllText(Path.Combine(home, "config"), $$"""
            options => {
              listen => [ 127.0.0.1:{{port}} ], run_dir => {{home}}/run, state_dir => {{home}}/state,
              udp_threads => 1, tcp_threads => 1
            }
            plugins => {
              weighted => { multi => false, service_types => up, {{weighted}} }
              geoip => { maps => { places => { datacenters => [ vn, de ], nets => nets } }, resources => { {{near}} } }
            }
            """);
        var zone = new StringBuilder(MasterFile());
        for (var i = 0; i < Case.Names; i++)
            zone.Append(CultureInfo.InvariantCulture, $"w{i} 10/10 DYNA weighted!w{i}\ng{i} 10/10 DYNA geoip!g{i}\n");
        File.WriteAllText(Path.Combine(home, "zones", Case.Zone), zone.ToString());
        return Server.StartAsync("gdnsd", port, [.. Static, "weighted", "nearest, ECS"], "/usr/sbin/gdnsd", "-c", home,
            "start");
    }

    public Task<Server> PowerDnsAsync()
    {
        var port = _port++;
        var home = Folder("pdns");
        File.WriteAllText(Path.Combine(home, "zone"), MasterFile());
        File.WriteAllText(Path.Combine(home, "named.conf"),
            $"zone \"{Case.Zone}\" {{ type master; file \"{home}/zone\"; }};\n");
        File.WriteAllText(Path.Combine(home, "pdns.conf"), $"""
            launch=bind
            bind-config={home}/named.conf
            local-address=127.0.0.1
            local-port={port}
            socket-dir={home}
            receiver-threads=1
            distributor-threads=1
            guardian=no
            daemon=no
            """);
        return Server.StartAsync("PowerDNS", port, Static, "/usr/sbin/pdns_server", $"--config-dir={home}");
    }

    private string Folder(string name) => Directory.CreateDirectory(Path.Combine(folder, name)).FullName;

    private static string Networks(Func<int, int, string> line) =>
        string.Concat(Enumerable.Range(1, 220)
            .SelectMany(first => Enumerable.Range(0, 256).Select(second => line(first, second))));

    private static string MasterFile()
    {
        var zone = new StringBuilder($"$ORIGIN {Case.Zone}.\n$TTL 300\n@ SOA ns1 hostmaster 1 7200 1800 259200 30\n")
            .Append("@ NS ns1\nns1 A 127.0.0.1\n");
        for (var i = 0; i < Case.Names; i++)
            zone.Append(CultureInfo.InvariantCulture, $"n{i} A 127.1.{i}.1\n");
        return zone.ToString();
    }

    private static string Configuration()
    {
        const string Head = "---\napiVersion: meridian.dev/v1alpha1\nkind: ";
        var text = new StringBuilder($$"""
            {{Head}}Site
            metadata: {name: vn}
            spec: {latitude: 21.03, longitude: 105.85}
            {{Head}}Site
            metadata: {name: de}
            spec: {latitude: 50.11, longitude: 8.68}
            {{Head}}Zone
            metadata: {name: bench}
            spec:
              origin: {{Case.Zone}}
              nameServers: [{name: ns1.{{Case.Zone}}, addresses: [127.0.0.1]}]
              dnssec: {keys: keys}
              records:

            """);
        for (var i = 0; i < Case.Names; i++)
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: n{i}, type: A, data: [127.1.{i}.1]}}\n");
        for (var i = 0; i < Case.Names; i++)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{Head}AddressPool\nmetadata: {{name: vn{i}}}\n"
                + $"spec: {{site: vn, addresses: [{{value: 127.1.{i}.1}}]}}\n");
            text.Append(CultureInfo.InvariantCulture,
                $"{Head}AddressPool\nmetadata: {{name: de{i}}}\n"
                + $"spec: {{site: de, addresses: [{{value: 127.1.{i}.2}}]}}\n");
            foreach (var (letter, policy) in (IEnumerable<(char, string)>)[('w', "Weighted"), ('g', "Nearest"),
                ('s', "Sticky")])
            {
                text.Append(CultureInfo.InvariantCulture, $$"""
                    {{Head}}GlobalEndpoint
                    metadata: {name: {{letter}}{{i}}}
                    spec:
                      hostname: {{letter}}{{i}}.{{Case.Zone}}
                      policy: {{policy}}
                      pools: [{pool: vn{{i}}, weight: 80}, {pool: de{{i}}, weight: 20}]

                    """);
            }
        }

        return text.ToString();
    }
}
