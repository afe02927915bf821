namespace Meridian.Kubernetes.Writing;

/// <summary>One condition of an object, as in <c>metav1.Condition</c>.</summary>
/// <param name="Type">What the condition is about, such as <c>Ready</c>.</param>
/// <param name="Status">True, false, or null for unknown.</param>
/// <param name="Reason">The reason for machines, such as <c>PoolsUp</c>.</param>
/// <param name="Message">The reason for people, as a sentence.</param>
public sealed record Condition(string Type, bool? Status, string Reason, string Message);
