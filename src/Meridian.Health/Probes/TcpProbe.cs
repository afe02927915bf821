using System.Text;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Probes;

/// <summary>A TCP connection, and optionally a text sent and a text expected.</summary>
internal static class TcpProbe
{
    public static async Task<Finding> SendAsync(TcpCheck check, ProbeKey key, CancellationToken cancellationToken)
    {
        await using var stream = await TargetConnection.OpenStreamAsync(key.Target, key.Port, cancellationToken);
        if (check.Send is { Length: > 0 } text)
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        if (check.Expect is null)
            return Finding.Good("tcp: connected");
        var wanted = Encoding.UTF8.GetBytes(check.Expect);
        var received = new byte[HttpProbe.MaxBody];
        var length = 0;
        while (length < received.Length)
        {
            var count = await stream.ReadAsync(received.AsMemory(length), cancellationToken);
            if (count == 0)
                return Finding.Bad($"tcp: closed before `{Printable(check.Expect)}` came");
            length += count;
            if (received.AsSpan(0, length).IndexOf(wanted) >= 0)
                return Finding.Good("tcp: expected answer");
        }

        return Finding.Bad($"tcp: `{Printable(check.Expect)}` is not in the first 64 KiB of the answer");
    }

    private static string Printable(string text) =>
        text.Replace("\r", "\\r", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
