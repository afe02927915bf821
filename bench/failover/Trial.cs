using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Wire;

namespace Meridian.Bench.Failover;

/// <summary>One death, and the time until the name is answered rightly.</summary>
internal static class Trial
{
    private static readonly TimeSpan Asking = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static byte[] Query(string name) =>
        [7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, .. DnsName.Parse(name).Wire, 0, 1, 0, 1];

    public static async Task<double> RunAsync(Site site, Death death, int dnsPort, string name, string right)
    {
        using var client = new UdpClient();
        client.Connect(IPAddress.Loopback, dnsPort);
        var query = Query(name);
        var wanted = IPAddress.Parse(right).GetAddressBytes();
        site.Kill(death);
        var died = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(died) < Limit)
        {
            await client.SendAsync(query);
            var answer = (await client.ReceiveAsync(new CancellationTokenSource(2000).Token)).Buffer;
            if (answer.AsSpan(answer.Length - 4).SequenceEqual(wanted))
                return Stopwatch.GetElapsedTime(died).TotalSeconds;
            await Task.Delay(Asking);
        }

        return double.PositiveInfinity;
    }
}
