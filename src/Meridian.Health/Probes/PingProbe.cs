using System.Net;
using System.Net.NetworkInformation;
using Meridian.Addresses;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Probes;

/// <summary>
/// One ICMP echo. Without privileges the kernel's ping socket is used, or else the system's <c>ping</c> program.
/// </summary>
internal static class PingProbe
{
    public static async Task<Finding> SendAsync(ProbeKey key, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!IpText.TryParse(key.Target, out var address))
            address = (await Dns.GetHostAddressesAsync(key.Target, cancellationToken))[0];
        using var ping = new Ping();
        var reply = await ping.SendPingAsync(address, timeout, cancellationToken: cancellationToken);
        return reply.Status switch
        {
            IPStatus.Success => Finding.Good($"ping: answered"),
            IPStatus.TimedOut => Finding.Bad($"ping: no answer in {Model.Values.Durations.Format(timeout)}"),
            _ => Finding.Bad($"ping: {reply.Status}"),
        };
    }
}
