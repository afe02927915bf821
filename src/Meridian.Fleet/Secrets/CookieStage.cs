namespace Meridian.Fleet.Secrets;

/// <summary>Where the roll of a cookie secret stands.</summary>
public enum CookieStage
{
    /// <summary>There is one secret.</summary>
    Calm,

    /// <summary>A second secret is known to the nodes, which make no cookies with it yet.</summary>
    Announced,

    /// <summary>Cookies are made with the new secret, and those of the old one are good.</summary>
    Rolled,
}
