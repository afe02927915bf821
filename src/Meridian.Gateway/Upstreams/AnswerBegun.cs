namespace Meridian.Gateway.Upstreams;

/// <summary>The head of an answer, as far as it says how its address is.</summary>
/// <param name="Status">The status.</param>
/// <param name="RetryAfter">The field <c>Retry-After</c>; null where there is none.</param>
/// <param name="FirstByte">Time since the request was begun.</param>
/// <param name="Beside">Requests that were under way at the address when this one began, itself among them.</param>
internal readonly record struct AnswerBegun(int Status, string? RetryAfter, TimeSpan FirstByte, int Beside);
