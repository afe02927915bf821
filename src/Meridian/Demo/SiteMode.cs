namespace Meridian.Demo;

/// <summary>How a site of the demo behaves.</summary>
internal enum SiteMode
{
    /// <summary>Serves.</summary>
    Ok,

    /// <summary>Its process is dead: connections are refused.</summary>
    Refuse,

    /// <summary>Answers 503.</summary>
    Error,

    /// <summary>Answers after five seconds.</summary>
    Slow,

    /// <summary>Resets every request.</summary>
    Reset,

    /// <summary>Takes connections and never answers.</summary>
    Hang,
}
