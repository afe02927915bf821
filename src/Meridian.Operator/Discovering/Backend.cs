namespace Meridian.Operator.Discovering;

/// <summary>A Service behind an object that clients can be sent to.</summary>
/// <param name="Service">The Service, as <c>namespace/name</c>.</param>
/// <param name="Host">
/// The host of requests that it gets: a name, <c>*.</c> before one, or null where every host leads to it.
/// </param>
/// <param name="IsDefault">Whether it only gets what no rule names.</param>
/// <param name="Ready">Number of ready endpoints; null where nothing in the cluster says.</param>
public sealed record Backend(string Service, string? Host = null, bool IsDefault = false, int? Ready = null)
{
    /// <summary>The requests that it gets, as one word: all with the same lead to the same Services.</summary>
    internal string Scope => IsDefault ? Backends.Default : Host ?? Backends.Open;
}
