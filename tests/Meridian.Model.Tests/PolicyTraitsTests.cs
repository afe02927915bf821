using System.Reflection;
using Meridian.Model.Binding;
using Meridian.Model.Resources;

namespace Meridian.Model.Tests;

public sealed class PolicyTraitsTests
{
    [Theory]
    [InlineData(EndpointPolicy.Nearest, nameof(EndpointPolicyTraits.NeedsSites),
        nameof(EndpointPolicyTraits.NeedsGeography))]
    [InlineData(EndpointPolicy.SourceMap, nameof(EndpointPolicyTraits.NeedsSourceMap))]
    [InlineData(EndpointPolicy.Failover)]
    [InlineData(EndpointPolicy.Weighted, nameof(EndpointPolicyTraits.UsesWeights))]
    [InlineData(EndpointPolicy.RoundRobin)]
    [InlineData(EndpointPolicy.Sticky, nameof(EndpointPolicyTraits.UsesWeights))]
    [InlineData(EndpointPolicy.LeastLoad, nameof(EndpointPolicyTraits.UsesWeights),
        nameof(EndpointPolicyTraits.WeighsByLoad))]
    public void Each_policy_needs_and_uses_what_the_reference_says(EndpointPolicy policy, params string[] traits) =>
        Assert.Equal(traits, typeof(EndpointPolicyTraits).GetProperties()
            .Where(p => p.PropertyType == typeof(bool) && (bool)p.GetValue(EndpointPolicyTraits.Of(policy))!)
            .Select(p => p.Name));

    [Fact]
    public void Every_policy_has_traits()
    {
        Assert.All(Enum.GetValues<EndpointPolicy>(), p => Assert.NotNull(EndpointPolicyTraits.Of(p)));
        Assert.All(Enum.GetValues<PoolPolicy>(),
            p => Assert.Equal(p == PoolPolicy.Nearest, PoolPolicyTraits.Of(p).NeedsSites));
    }

    [Fact]
    public void The_rule_of_the_custom_resource_names_the_policies_that_use_weights()
    {
        var rules = typeof(GlobalEndpoint).GetCustomAttributes<RuleAttribute>().Select(r => r.Expression).ToArray();
        string ListOf(Func<EndpointPolicyTraits, bool> has) => string.Join(", ",
            Enum.GetValues<EndpointPolicy>().Where(p => has(EndpointPolicyTraits.Of(p))).Select(p => $"'{p}'"));

        Assert.Contains($"self.weights != 'auto' || self.policy in [{ListOf(t => t.UsesWeights)}]", rules);
        Assert.Contains($"(self.policy == {ListOf(t => t.NeedsSourceMap)}) == has(self.sourceMap)", rules);
    }
}
