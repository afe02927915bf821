namespace Meridian.Acceptance.Support;

/// <summary>The real program, as this test project's build has it.</summary>
internal static class MeridianProgram
{
    public static string Library { get; } = Run.Library("meridian.dll");

    public static Task<Run> RunAsync(params string[] arguments) => Run.DotnetAsync("meridian.dll", arguments);
}
