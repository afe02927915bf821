using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>An address whose metrics are read.</summary>
/// <param name="Key">What its figures are filed under.</param>
/// <param name="Signal">How; it has a <c>scrape</c>.</param>
public sealed record LoadTarget(LoadKey Key, LoadSignal Signal)
{
    public LoadScrape Scrape => Signal.Scrape!;

    /// <summary>Where the metrics are.</summary>
    public Uri Url => new($"{(Scrape.Scheme == HttpScheme.Https ? "https" : "http")}://{(Key.Address.Contains(':') ? $"[{Key.Address}]" : Key.Address)}:{Port}{Scrape.Path}");

    private int Port => Scrape.Port ?? Key.Port ?? (Scrape.Scheme == HttpScheme.Https ? 443 : 80);
}
