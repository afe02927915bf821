namespace Meridian.Gateway.Tests.Support;

/// <summary>A request as it came off the wire.</summary>
internal sealed record BackendRequest(string Line, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    public string Method => Line.Split(' ')[0];

    public string Target => Line.Split(' ')[1];

    public string? this[string name] =>
        Fields.FirstOrDefault(f => f.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public byte[] Body { get; set; } = [];
}
