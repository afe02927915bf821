using Meridian.State.Etcd;

namespace Meridian.State.Tests.Etcd;

public sealed class EtcdAddressTests
{
    [Theory]
    [InlineData("etcd://a:2379", "a:2379", false, "default")]
    [InlineData("etcds://a:2379,b:2380,192.0.2.1:2379/prod", "a:2379 b:2380 192.0.2.1:2379", true, "prod")]
    [InlineData("etcd://Store.example.com", "store.example.com:2379", false, "default")]
    [InlineData("etcd://[2001:db8::1]:2379,[2001:db8::2]/x", "[2001:db8::1]:2379 [2001:db8::2]:2379", false, "x")]
    public void Reads_members_and_cluster(string text, string endpoints, bool isTls, string cluster)
    {
        Assert.True(EtcdAddress.TryParse(text, out var options, out var error), error);

        Assert.Equal(endpoints.Split(' '), options.Endpoints);
        Assert.Equal((isTls, cluster, $"/meridian/v1/{cluster}/"), (options.IsTls, options.Cluster, options.Prefix));
    }

    [Theory]
    [InlineData("http://a:2379", "etcd://HOST")]
    [InlineData("ETCD://a:2379", "etcd://HOST")]
    [InlineData("a:2379", "etcd://HOST")]
    [InlineData("etcd://", "empty")]
    [InlineData("etcd://a:2379,", "empty")]
    [InlineData("etcd://a:0", "1 to 65535")]
    [InlineData("etcd://a:", "1 to 65535")]
    [InlineData("etcd://a:65536", "1 to 65535")]
    [InlineData("etcd://a:+1", "1 to 65535")]
    [InlineData("etcd://2001:db8::1:2379", "endpoint")]
    [InlineData("etcd://010.0.0.1:2379", "number")]
    [InlineData("etcd://user@a:2379", "character")]
    [InlineData("etcd://a b:2379", "character")]
    [InlineData("etcd://a:2379, b:2379", "character")]
    [InlineData("etcd://a:2379,A:2379", "twice")]
    [InlineData("etcd://a,a:2379", "twice")]
    [InlineData("etcd://a:2379/", "no name of a cluster")]
    [InlineData("etcd://a:2379/x/y", "no name of a cluster")]
    [InlineData("etcd://a:2379/Prod", "no name of a cluster")]
    [InlineData("etcd://a:2379/x?y", "no name of a cluster")]
    [InlineData("etcd://a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p", "more than 15")]
    public void Refuses_what_nobody_means_and_says_why(string text, string part)
    {
        Assert.False(EtcdAddress.TryParse(text, out _, out var error));

        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }
}
