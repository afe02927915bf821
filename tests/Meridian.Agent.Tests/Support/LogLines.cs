using System.Collections.Concurrent;
using System.Text;

namespace Meridian.Agent.Tests.Support;

/// <summary>Lines that a program has written, while it still writes.</summary>
internal sealed class LogLines : TextWriter
{
    private readonly ConcurrentQueue<string> _lines = [];

    public override Encoding Encoding => Encoding.UTF8;

    public IEnumerable<string> All => _lines;

    public override void WriteLine(string? value) => _lines.Enqueue(value ?? "");

    public int Count(string part) => _lines.Count(l => l.Contains(part, StringComparison.Ordinal));

    public Task UntilAsync(string part) =>
        Wait.UntilAsync(() => Count(part) > 0, () => $"no `{part}`:\n{string.Join('\n', _lines)}");
}
