using Meridian.Gateway.Http1;

namespace Meridian.Gateway.Forwarding;

/// <summary>Why an address did not serve a request, and when.</summary>
/// <param name="Kind">How it failed.</param>
/// <param name="Phase">How far the request had come.</param>
/// <param name="Reason">In words, for logs and answers.</param>
/// <param name="Arrived">Whether the address may have seen the request.</param>
internal sealed record Failure(FailureKind Kind, Phase Phase, string Reason, bool Arrived);
