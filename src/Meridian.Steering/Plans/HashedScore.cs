namespace Meridian.Steering.Plans;

/// <summary>By the client: the same number every time.</summary>
internal readonly struct HashedScore(ulong client) : IScore
{
    private readonly ulong _client = client;

    public ulong Of(ulong seed) => Mixing.Mix(_client ^ Mixing.Mix(seed));
}
