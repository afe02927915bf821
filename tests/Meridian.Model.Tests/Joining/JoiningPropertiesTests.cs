using Meridian.Model.Joining;
using Meridian.Model.Resources;

namespace Meridian.Model.Tests.Joining;

/// <summary>Annotations and properties are read as strictly as YAML.</summary>
public sealed class JoiningPropertiesTests
{
    [Fact]
    public void What_can_be_read_is()
    {
        var (properties, faults) = JoiningProperties.Read(new Dictionary<string, string>
        {
            ["endpoint"] = "a.example.org",
            ["policy"] = "Weighted",
            ["ttl"] = "30s",
            ["weight"] = "0",
            ["priority"] = "2",
            ["site"] = "42",
            ["health-check"] = "web",
            ["health-path"] = "/",
            ["port"] = "8443",
        }, "endpoint");
        Assert.Empty(faults);
        Assert.Equal(new JoiningProperties
        {
            Policy = EndpointPolicy.Weighted,
            Ttl = TimeSpan.FromSeconds(30),
            Weight = 0,
            Priority = 2,
            Site = "42",
            HealthCheck = "web",
            HealthPath = "/",
            Port = 8443,
        }, properties);
    }

    [Theory]
    [InlineData("policy", "Wieghted", "and this is `Wieghted`; did you mean `Weighted`?")]
    [InlineData("policy", "weighted", "and this is `weighted`; did you mean `Weighted`?")]
    [InlineData("policy", "3", "and this is the number 3")]
    [InlineData("ttl", "30", "and this is the number 30; write a unit: 30s")]
    [InlineData("ttl", "2d", "field `ttl` is 2d and must be between 0s and 1d")]
    [InlineData("weight", "ten", "field `weight` wants a whole number, and this is `ten`")]
    [InlineData("weight", "-1", "field `weight` is -1 and must be between 0 and 1000000")]
    [InlineData("weight", " 5", "field `weight` wants a whole number, and this is ` 5`")]
    [InlineData("port", "65536", "field `port` is 65536 and must be between 1 and 65535")]
    [InlineData("wieght", "5", "there is no `wieght`; did you mean `weight`?")]
    [InlineData("healthPath", "/", "there is no `healthPath`; did you mean `health-path`?")]
    public void What_cannot_be_read_is_a_fault_and_nothing_is_guessed(string name, string value, string fault)
    {
        var (properties, faults) = JoiningProperties.Read([new(name, value)]);
        Assert.EndsWith(fault, Assert.Single(faults), StringComparison.Ordinal);
        Assert.Equal(new JoiningProperties(), properties);
    }
}
