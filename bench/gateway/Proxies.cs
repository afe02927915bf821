namespace Meridian.Bench.Gateway;

/// <summary>The proxies, each before the same backend, and the backend.</summary>
internal static class Proxies
{
    private const int Core = 0;

    public const int GeneratorCore = 1;

    public static async Task<PinnedProcess> BackendAsync(string folder, int port)
    {
        Directory.CreateDirectory(Path.Combine(folder, "www"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "www", "1k"), new byte[1024]);
        await File.WriteAllBytesAsync(Path.Combine(folder, "www", "1m"), new byte[1 << 20]);
        var file = Path.Combine(folder, "backend.conf");
        await File.WriteAllTextAsync(file, $$"""
            user root; daemon off; worker_processes 1; pid {{folder}}/backend.pid; error_log {{folder}}/backend.log;
            events { worker_connections 4096; }
            http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10;
              server { listen 127.0.0.1:{{port}}; root {{folder}}/www; } }
            """);
        return await PinnedProcess.StartAsync("backend", GeneratorCore, port, "nginx", "-c", file);
    }

    public static async Task<PinnedProcess> NginxAsync(string folder, int port, int backend)
    {
        var file = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off; worker_processes 1; pid {{folder}}/nginx.pid; error_log {{folder}}/nginx.log;
            events { worker_connections 4096; }
            http { access_log off; keepalive_requests 1000000000;
              upstream b { server 127.0.0.1:{{backend}}; keepalive 256; keepalive_requests 1000000000; }
              server { listen 127.0.0.1:{{port}};
                location / { proxy_pass http://b; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_set_header Host $host; } } }
            """);
        return await PinnedProcess.StartAsync("nginx", Core, port, "nginx", "-c", file);
    }

    public static async Task<PinnedProcess> HaproxyAsync(string folder, int port, int backend)
    {
        var file = Path.Combine(folder, "haproxy.cfg");
        await File.WriteAllTextAsync(file, $"""
            global
              nbthread 1
              maxconn 4096
            defaults
              mode http
              timeout connect 2s
              timeout client 60s
              timeout server 60s
              http-reuse always
              option http-keep-alive
            frontend f
              bind 127.0.0.1:{port}
              default_backend b
            backend b
              server s 127.0.0.1:{backend}

            """);
        return await PinnedProcess.StartAsync("haproxy", Core, port, "haproxy", "-db", "-f", file);
    }

    public static Task<PinnedProcess> YarpAsync(int port, int backend) =>
        PinnedProcess.StartAsync("bare YARP", Core, port, "dotnet", Environment.GetCommandLineArgs()[0], "yarp",
            $"{port}", $"http://127.0.0.1:{backend}/");

    public static async Task<PinnedProcess> MeridianAsync(string folder, int port, int backend)
    {
        var config = Directory.CreateDirectory(Path.Combine(folder, "config")).FullName;
        await File.WriteAllTextAsync(Path.Combine(config, "bench.yaml"), $$"""
            apiVersion: meridian.dev/v1alpha1
            kind: Zone
            metadata: {name: z}
            spec: {origin: bench.test, nameServers: [{name: ns.example.net}]}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: HealthCheck
            metadata: {name: c}
            spec: {interval: 1s, http: {path: /1k} }
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: AddressPool
            metadata: {name: p}
            spec: {healthCheck: c, addresses: [{value: 127.0.0.1, port: {{backend}} }]}
            ---
            apiVersion: meridian.dev/v1alpha1
            kind: GlobalEndpoint
            metadata: {name: app}
            spec: {hostname: app.bench.test, policy: Failover, pools: [{pool: p}], gateway: {profile: inference} }
            """);
        return await PinnedProcess.StartAsync("Meridian", Core, port, "dotnet",
            Path.Combine(AppContext.BaseDirectory, "meridian.dll"), "serve",
            "--config", config, "--state", Path.Combine(folder, "state"), "--dns", $"127.0.0.1:{port + 1000}",
                "--management", $"127.0.0.1:{port + 1001}",
            "--gateway", $"127.0.0.1:{port}");
    }
}
