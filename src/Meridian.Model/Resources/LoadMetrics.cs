using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>
/// Which metrics say what: expressions of metric names, as in <c>sum(queue{model="x"}) / 4 or old_queue</c>.
/// </summary>
public sealed record LoadMetrics
{
    [Field("Requests that are being worked on", Default = "the engine's")]
    public string? Running { get; init; }

    [Field("Requests that wait", Default = "the engine's")]
    public string? Waiting { get; init; }

    [Field("Use of the memory for requests (KV cache), from 0 to 1", Default = "the engine's")]
    public string? Memory { get; init; }

    [Field("Utilisation as a whole: 0 idle, 1 full", Default = "the engine's")]
    public string? Utilisation { get; init; }
}
