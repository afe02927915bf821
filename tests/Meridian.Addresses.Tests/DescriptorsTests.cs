using System.Net.Sockets;

namespace Meridian.Addresses.Tests;

public sealed class DescriptorsTests
{
    [Theory]
    [InlineData("64", 64)]
    [InlineData("1048576", 1_048_576)]
    [InlineData("99999999999", int.MaxValue)]
    [InlineData("unlimited", int.MaxValue)]
    public void The_limit_is_the_soft_one_of_open_files(string limit, int expected) =>
        Assert.Equal(expected, Descriptors.LimitIn(
            "Limit                     Soft Limit           Hard Limit           Units\n"
            + "Max processes             15                   15                   processes\n"
            + $"Max open files            {limit,-20} 2000000              files\n"));

    [Fact]
    public void What_says_nothing_is_no_limit() => Assert.Equal(int.MaxValue, Descriptors.LimitIn(""));

    [Theory]
    [InlineData(935, DescriptorUse.Node, 1000, true)]
    [InlineData(936, DescriptorUse.Node, 1000, false)]
    [InlineData(888, DescriptorUse.Tunnel, 1000, true)]
    [InlineData(889, DescriptorUse.Tunnel, 1000, false)]
    [InlineData(841, DescriptorUse.Dns, 1000, true)]
    [InlineData(842, DescriptorUse.Dns, 1000, false)]
    [InlineData(794, DescriptorUse.Gateway, 1000, true)]
    [InlineData(795, DescriptorUse.Gateway, 1000, false)]
    [InlineData(0, DescriptorUse.Node, 64, false)]
    [InlineData(1_000_000, DescriptorUse.Gateway, int.MaxValue, true)]
    public void Every_use_leaves_some_to_those_before_it_and_some_are_kept_from_all(int number, DescriptorUse use,
        int limit, bool expected) => Assert.Equal(expected, Descriptors.HasRoom(number, use, limit));

    [Fact]
    public void A_socket_of_a_process_at_rest_has_room()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.True(Descriptors.HasRoomFor(socket, DescriptorUse.Gateway));
    }
}
