using Spectre.Console.Rendering;

namespace Meridian.CommandLine;

/// <summary>Content that is as wide as it must be, where the terminal is narrower.</summary>
/// <param name="content">The content.</param>
/// <param name="least">Columns that it needs.</param>
internal sealed class UnbrokenContent(IRenderable content, int least) : IRenderable
{
    public Measurement Measure(RenderOptions options, int maxWidth) =>
        content.Measure(options, Math.Max(least, maxWidth));

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) =>
        content.Render(options, Math.Max(least, maxWidth));
}
