using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>An address whose metrics are read.</summary>
/// <param name="Key">The key of its figures.</param>
/// <param name="Signal">How they are read; it has a <c>scrape</c>.</param>
/// <param name="Tunnel">The service behind a tunnel that it is; null for one that is reached over TCP.</param>
public sealed record LoadTarget(LoadKey Key, LoadSignal Signal, TunnelSource? Tunnel = null)
{
    public LoadScrape Scrape => Signal.Scrape!;

    /// <summary>Where the metrics are.</summary>
    public Uri Url
    {
        get
        {
            if (Tunnel is not null)
                return new Uri($"http://{Tunnel.Service}.{Tunnel.Agent}.tunnel.invalid{Scrape.Path}");
            var host = Key.Address.Contains(':') ? $"[{Key.Address}]" : Key.Address;
            var (scheme, port) = Scrape.Scheme == HttpScheme.Https ? ("https", 443) : ("http", 80);
            return new Uri($"{scheme}://{host}:{Scrape.Port ?? Key.Port ?? port}{Scrape.Path}");
        }
    }
}
