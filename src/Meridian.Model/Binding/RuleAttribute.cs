namespace Meridian.Model.Binding;

/// <summary>
/// A rule across the fields of a record as an expression of CEL, for the schema that Kubernetes holds objects to. The
/// validator finds the same fault, with more words; the schema finds it before the object is stored.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class RuleAttribute(string expression, string message) : Attribute
{
    /// <summary>True for what is allowed; <c>self</c> is the record.</summary>
    public string Expression { get; } = expression;

    public string Message { get; } = message;
}
