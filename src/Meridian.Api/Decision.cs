namespace Meridian.Api;

/// <summary>What every decision of a person says, and the bounds of it.</summary>
internal static class Decision
{
    private const int MaxReason = 500;
    private const int MaxAuthor = 100;

    // Ten years.
    private static readonly TimeSpan MaxLength = TimeSpan.FromDays(3650);

    /// <summary>What is wrong with it, or null.</summary>
    public static string? FaultOf(string? author, string? reason, double? seconds) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > MaxReason
        ? $"the reason must have 1 to {MaxReason} characters"
        : string.IsNullOrWhiteSpace(author) || author.Length > MaxAuthor
        ? $"the author must have 1 to {MaxAuthor} characters"
        : seconds is { } length && !(length > 0 && length <= MaxLength.TotalSeconds)
        ? "the duration must be above zero and at most ten years"
        : null;
}
