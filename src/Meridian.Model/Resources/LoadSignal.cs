using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("How the load of a pool's addresses becomes known; a template that pools share.",
    ShortName = "mls")]
public sealed record LoadSignal : Resource
{
    [Field("Read the metrics of each address", Default = "none")]
    public LoadScrape? Scrape { get; init; }

    [Field("Ask for ORCA load reports in the headers of answers that a gateway forwards, and take them")]
    public bool Reports { get; init; } = true;

    [Field("Take the number in the header `x-load` of answers to health probes (0 idle, 1 full)")]
    public bool Health { get; init; } = true;

    [Field("Requests that one address can do at a time, where the address gives none", Min = "1", Max = "1000000",
        Default = "learned by a gateway")]
    public int? Capacity { get; init; }

    [Field("Requests waiting at one address that mean that it is full", Min = "1", Max = "1000000")]
    public int FullQueue { get; init; } = DefaultFullQueue;

    [Field("Use of an address's memory for requests that means that it is full", Min = "0.05", Max = "1")]
    public double FullMemory { get; init; } = DefaultFullMemory;

    internal const int DefaultFullQueue = 5;
    internal const double DefaultFullMemory = 0.8;
}
