namespace Meridian.Model.Resources;

/// <summary>When an object with several Services behind it is ready.</summary>
public enum ServiceHealthPolicy
{
    /// <summary>While any of the Services has a ready endpoint.</summary>
    Any,

    /// <summary>While each of the Services has one.</summary>
    All,
}
