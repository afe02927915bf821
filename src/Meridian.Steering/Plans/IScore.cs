namespace Meridian.Steering.Plans;

/// <summary>Where the random-looking number of a candidate comes from. A struct, so that calls inline.</summary>
internal interface IScore
{
    ulong Of(ulong seed);
}
