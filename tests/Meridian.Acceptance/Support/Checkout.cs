namespace Meridian.Acceptance.Support;

/// <summary>The repository that the tests run in.</summary>
internal static class Checkout
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary><c>Debug</c> or <c>Release</c>, as the tests were built.</summary>
    public static string Configuration { get; } = Directory.GetParent(AppContext.BaseDirectory.TrimEnd('/'))!.Name;

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Meridian.slnx")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
