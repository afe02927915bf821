using System.Net;

namespace Meridian.Kubernetes;

/// <summary>The API server refused a request.</summary>
public sealed class ApiException(HttpStatusCode status, string reason, string message, TimeSpan? retryAfter = null)
    : Exception(message)
{
    public HttpStatusCode Status { get; } = status;

    /// <summary>The reason for machines, such as <c>Conflict</c>, <c>AlreadyExists</c> or <c>Expired</c>.</summary>
    public string Reason { get; } = reason;

    /// <summary>How long the server asks to wait, where it does.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Somebody else changed the object first.</summary>
    public bool IsConflict => Status == HttpStatusCode.Conflict && Reason != "AlreadyExists";

    public bool IsNotFound => Status == HttpStatusCode.NotFound;

    /// <summary>The resource version that was asked for is no longer kept (410).</summary>
    public bool IsExpired => Status == HttpStatusCode.Gone;
}
