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
    [InlineData(749, 0.75, 1000, true)]
    [InlineData(750, 0.75, 1000, false)]
    [InlineData(935, 1, 1000, true)]
    [InlineData(936, 1, 1000, false)]
    [InlineData(0, 1, 64, false)]
    public void A_share_may_be_taken_and_some_are_kept_from_all(int number, double share, int limit, bool expected) =>
        Assert.Equal(expected, Descriptors.HasRoom(number, share, limit));

    [Fact]
    public void A_socket_of_a_process_at_rest_has_room()
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Assert.True(Descriptors.HasRoomFor(socket, 1));
    }
}
