namespace Meridian.Model.Tests;

internal static class Examples
{
    /// <summary>A sound configuration with one of every kind.</summary>
    public const string Sound = """
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: ai}
        spec:
          origin: ai.example.com
          ttl: 300s
          soa: {primary: ns1.ai.example.com, contact: hostmaster.example.com, negativeTtl: 30s}
          nameServers:
            - {name: ns1.ai.example.com, addresses: [192.0.2.53, "2001:db8::53"]}
          records:
            - {name: www, type: A, ttl: 60s, data: [192.0.2.80, 192.0.2.81]}
            - {name: "@", type: TXT, data: ["v=spf1 -all"]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: Site
        metadata: {name: hanoi}
        spec: {latitude: 21.03, longitude: 105.85, country: VN}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: HealthCheck
        metadata: {name: web}
        spec:
          interval: 5s
          timeout: 1s
          unhealthyThreshold: 2
          confirmInterval: 250ms
          http:
            scheme: https
            port: 443
            path: /health
            headers: {x-probe: meridian}
            expectedStatus: ["200-299", "401"]
            tls: {verify: true, serverName: kokoro.ai.example.com}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: vn}
        spec:
          site: hanoi
          policy: Weighted
          healthCheck: web
          minHealthy: 50%
          addresses:
            - {value: 203.0.113.10, port: 80, weight: 3}
            - {value: 203.0.113.11, port: 80, weight: 1, enabled: true}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: kokoro}
        spec:
          hostname: kokoro.ai.example.com
          policy: SourceMap
          sourceMap: lines
          pools: [{pool: vn, weight: 1, priority: 1}]
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: SourceMap
        metadata: {name: lines}
        spec:
          sources:
            - {name: office, networks: [198.51.100.0/24], pools: [vn]}
            - {name: viettel, asns: [7552], pools: [vn]}
            - {name: vietnam, countries: [VN], pools: [vn]}
            - {name: asia, continents: [AS], pools: [vn]}
          default: [vn]
        """;
}
