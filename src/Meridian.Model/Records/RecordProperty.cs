namespace Meridian.Model.Records;

/// <summary>A property that a client's annotation gives a record, such as <c>webhook/meridian-site</c>.</summary>
public sealed record RecordProperty(string Name, string Value);
