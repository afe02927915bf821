using Meridian.Addresses;

namespace Meridian.Gateway.Retries;

/// <summary>Why an address did not serve a request, and when.</summary>
/// <param name="Kind">How it failed.</param>
/// <param name="Phase">How far the request had come.</param>
/// <param name="Reason">The reason as text, for logs and answers.</param>
/// <param name="Arrived">Whether the address may have seen the request.</param>
internal sealed record Failure(FailureKind Kind, FailurePhase Phase, string Reason, bool Arrived)
{
    /// <inheritdoc cref="Failure(FailureKind, FailurePhase, string, bool)" path="/param[@name='Reason']"/>
    public string Reason { get; init; } = DisplayText.Bound(Reason, ErrorText.MaxLength);

    /// <summary>A connection that could not be made: the address has seen nothing.</summary>
    public static Failure OfConnect(string reason) => new(FailureKind.Connect, FailurePhase.Connect, reason, false);

    /// <summary>An answer whose status lets another address be asked.</summary>
    public static Failure OfStatus(int status) =>
        new(FailureKind.Status, FailurePhase.FirstByte, $"http: {status}", true);

    /// <summary>An answer that broke off.</summary>
    public static Failure OfBody(FailureKind kind, string reason) => new(kind, FailurePhase.Body, reason, true);
}
