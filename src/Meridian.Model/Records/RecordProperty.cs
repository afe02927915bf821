namespace Meridian.Model.Records;

/// <summary>A word that a client's annotation gives a record, such as <c>webhook/meridian-site</c>.</summary>
public sealed record RecordProperty(string Name, string Value);
