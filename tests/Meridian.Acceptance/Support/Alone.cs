namespace Meridian.Acceptance.Support;

/// <summary>Classes whose tests look at how long something takes: no other class runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
