using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>An address whose metrics are read.</summary>
/// <param name="Key">What its figures are filed under.</param>
/// <param name="Signal">How; it has a <c>scrape</c>.</param>
/// <param name="Tunnel">The service behind a tunnel that it is; null for one that is reached over TCP.</param>
public sealed record LoadTarget(LoadKey Key, LoadSignal Signal, TunnelSource? Tunnel = null)
{
    public LoadScrape Scrape => Signal.Scrape!;

    /// <summary>Where the metrics are.</summary>
    public Uri Url =>
        Tunnel is not null ? new($"http://{Tunnel.Service}.{Tunnel.Agent}.tunnel.invalid{Scrape.Path}")
        : new($"{(Scrape.Scheme == HttpScheme.Https ? "https" : "http")}://{Host}:{Port}{Scrape.Path}");

    private string Host => Key.Address.Contains(':') ? $"[{Key.Address}]" : Key.Address;

    private int Port => Scrape.Port ?? Key.Port ?? (Scrape.Scheme == HttpScheme.Https ? 443 : 80);
}
