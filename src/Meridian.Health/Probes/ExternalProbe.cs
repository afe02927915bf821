using System.Collections.Concurrent;
using System.Globalization;
using Meridian.Addresses;
using Meridian.Files;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Probes;

/// <summary>Reads the verdict of another program from its feed.</summary>
internal sealed class ExternalProbe(TimeProvider time) : IDisposable
{
    /// <summary>The largest feed that is read, in bytes.</summary>
    private const int MaxFeed = 4 * 1024 * 1024;

    private readonly FeedReader _files = new(file => RegularFile.ReadText(file, MaxFeed), time);
    private readonly ConcurrentDictionary<string, string> _last = [];
    private readonly HttpClient _client =
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { MaxResponseContentBufferSize = MaxFeed };

    /// <inheritdoc cref="FeedReader.Stalled"/>
    public string? Stalled => _files.Stalled;

    public async Task<Finding> ReadAsync(ExternalCheck check, ProbeKey key, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            text = check.File is not null
                ? await _files.ReadAsync(check.File, cancellationToken)
                : await _client.GetStringAsync(check.Url, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            return Finding.Bad($"external: the feed cannot be read ({ErrorText.Of(e)})");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = check.File is null ? ErrorText.Of(e) : e.Message.TrimEnd('.');
            return Finding.Bad($"external: the feed cannot be read ({why})");
        }

        // A file that is cut to nothing is a fault of its writer, and not the news that everything is down.
        var source = check.File ?? check.Url!.ToString();
        if (HasLine(text))
        {
            _last[source] = text;
            return Find(text, key.Target);
        }

        if (!_last.TryGetValue(source, out var last))
            return Finding.Bad("external: the feed is empty");
        var finding = Find(last, key.Target);
        return finding with { Reason = $"{finding.Reason} (the feed is empty now, and its last state counts)" };
    }

    public void Dispose() => _client.Dispose();

    private static bool HasLine(string feed)
    {
        foreach (var line in feed.AsSpan().EnumerateLines())
        {
            if (line.Trim() is { IsEmpty: false } and not ['#', ..])
                return true;
        }

        return false;
    }

    /// <summary>Finds the address's line; where there are several, the last one counts.</summary>
    internal static Finding Find(string feed, string target)
    {
        var finding = Finding.Bad($"external: the feed has no line for {target}");
        foreach (var line in feed.AsSpan().EnumerateLines())
        {
            var comment = line.IndexOf('#');
            var fields = (comment < 0 ? line : line[..comment]).ToString()
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (fields.Length == 2 && IsSame(fields[0], target))
                finding = Parse(fields[1]);
        }

        return finding;
    }

    private static bool IsSame(string text, string target) =>
        text == target || (IpText.TryParse(text, out var a) && IpText.TryParse(target, out var b) && a.Equals(b));

    private static Finding Parse(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var state = slash < 0 ? text : text[..slash];
        TimeSpan? limit = null;
        if (slash >= 0)
        {
            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                || seconds > 86400)
                return Finding.Bad($"external: `{text}` is not UP or DOWN with an optional /SECONDS");
            limit = TimeSpan.FromSeconds(seconds);
        }

        return state.ToUpperInvariant() switch
        {
            "UP" => new Finding(true, $"external: {text}") { Decisive = true, TtlLimit = limit },
            "DOWN" => new Finding(false, $"external: {text}") { Decisive = true, TtlLimit = limit },
            _ => Finding.Bad($"external: `{text}` is not UP or DOWN with an optional /SECONDS"),
        };
    }
}
