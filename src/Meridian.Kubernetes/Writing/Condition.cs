namespace Meridian.Kubernetes.Writing;

/// <summary>One condition of an object, as in <c>metav1.Condition</c>.</summary>
/// <param name="Type">What it speaks of, such as <c>Ready</c>.</param>
/// <param name="Status">True, false, or null for unknown.</param>
/// <param name="Reason">One word for machines, such as <c>PoolsUp</c>.</param>
/// <param name="Message">A sentence for people.</param>
public sealed record Condition(string Type, bool? Status, string Reason, string Message);
