namespace Meridian.Model.Resources;

/// <summary>Whose limit an answer of 429 is about.</summary>
public enum LimitScope
{
    /// <summary>The address's: it has all that it can do.</summary>
    Address,

    /// <summary>The client's own quota: another address would say the same.</summary>
    Client,
}
