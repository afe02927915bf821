using Meridian.Steering.Plans;

namespace Meridian.Running;

/// <summary>Says what answers for an endpoint that has nothing that is up.</summary>
internal static class LastResortText
{
    public static string Of(EndpointPlan plan, DateTimeOffset now)
    {
        var values = Answers(plan, now);
        return $"{plan.Shape.Hostname} would have no pool that is up, and whenAllDown {plan.Endpoint.WhenAllDown} "
            + (values.Count == 0 ? "would answer without an address" : $"would answer {string.Join(", ", values)}");
    }

    private static List<string> Answers(EndpointPlan plan, DateTimeOffset now)
    {
        var picks = new Pick[64];
        var values = new List<string>();
        foreach (var kind in (AddressKind[])[AddressKind.V4, AddressKind.V6])
        {
            var decision = plan.Choose(kind, new ClientView(new byte[kind == AddressKind.V4 ? 4 : 16], 0), 0, now,
                picks);
            values.AddRange(picks.Take(decision.Count).Select(p => p.Pool < 0
                ? plan.Shape.Fallback[p.Address].Value : plan.Pools[p.Pool].Addresses[p.Address].Shape.Value));
        }

        return [.. values.Distinct()];
    }
}
