namespace Meridian.Gateway.Http1;

/// <summary>Status and header fields of an answer (RFC 9112 section 4), hop-by-hop fields left out.</summary>
internal sealed class ResponseHead
{
    public int Status { get; set; }

    /// <summary>Whether the connection may be used again after the body.</summary>
    public bool KeepAlive { get; set; }

    public BodyFraming Framing { get; set; }

    /// <summary>Octets of the body, for <see cref="BodyFraming.Length"/>.</summary>
    public long Length { get; set; }

    public List<KeyValuePair<string, string>> Fields { get; } = new(16);

    /// <summary>Removes all fields of a name.</summary>
    public void Remove(ReadOnlySpan<char> name)
    {
        for (var i = Fields.Count - 1; i >= 0; i--)
        {
            if (name.Equals(Fields[i].Key, StringComparison.OrdinalIgnoreCase))
                Fields.RemoveAt(i);
        }
    }

    /// <summary>The value of the first field of that name; null for none.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Fields)
            {
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
                    return value;
            }

            return null;
        }
    }
}
