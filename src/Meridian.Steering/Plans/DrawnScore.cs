namespace Meridian.Steering.Plans;

/// <summary>By chance: another number for every query.</summary>
internal readonly struct DrawnScore(ulong draw) : IScore
{
    private readonly ulong _draw = draw;

    public ulong Of(ulong seed) => Mixing.Mix(_draw ^ seed);
}
