namespace Meridian.Dns.Steered;

/// <summary>The kinds of answers that a steered name gives.</summary>
public enum SteeredKind
{
    /// <summary>Addresses of the type that was asked for.</summary>
    Addresses,

    /// <summary>One record of the type that was asked for.</summary>
    Record,

    /// <summary>A CNAME.</summary>
    Alias,

    /// <summary>The name exists and has nothing of this type.</summary>
    NoData,

    /// <summary>There is no answer now.</summary>
    ServerFailure,
}
