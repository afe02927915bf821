using System.Text.Json;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Wire;

public sealed class ServiceHealthTests
{
    [Fact]
    public void A_name_is_read_as_it_is_written() => Assert.Equal(ServiceHealth.Down,
        JsonSerializer.Deserialize<ServiceHealth>(JsonSerializer.Serialize(ServiceHealth.Down)));

    [Theory]
    [InlineData("1")]
    [InlineData("77")]
    [InlineData("\"1\"")]
    [InlineData("\"Up, Down\"")]
    public void A_number_or_a_list_is_none(string json) =>
        Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<ServiceHealth>(json));
}
