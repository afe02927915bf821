using Meridian.Api.Access;
using Meridian.Model.Resources;

namespace Meridian.Api.Tests;

public sealed class AccessJudgeTests
{
    private static readonly RecordGrant Grant = new() { Zones = ["example.org"] };

    [Theory]
    [InlineData(ApiGrant.None, "GET", false)]
    [InlineData(ApiGrant.None, "POST", false)]
    [InlineData(ApiGrant.Read, "GET", true)]
    [InlineData(ApiGrant.Read, "HEAD", true)]
    [InlineData(ApiGrant.Read, "POST", false)]
    [InlineData(ApiGrant.Read, "DELETE", false)]
    [InlineData(ApiGrant.Write, "GET", true)]
    [InlineData(ApiGrant.Write, "DELETE", true)]
    public void The_API_is_read_with_a_read_grant_and_changed_with_a_write_grant(ApiGrant grant, string method,
        bool allowed) =>
        Assert.Equal(allowed, AccessJudge.Refuse(CallerWith(grant), method, "/api/v1/overrides") is null);

    [Theory]
    [InlineData("/api/v1/records")]
    [InlineData("/api/v1/records/scope")]
    public void Records_need_a_grant_of_records_and_nothing_else(string path)
    {
        Assert.NotNull(AccessJudge.Refuse(CallerWith(ApiGrant.Write), "POST", path));
        Assert.Null(AccessJudge.Refuse(CallerWith(ApiGrant.None, Grant), "POST", path));
        Assert.NotNull(AccessJudge.Refuse(CallerWith(ApiGrant.None, Grant), "GET", "/api/v1/status"));
    }

    [Fact]
    public void The_operator_may_do_everything()
    {
        Assert.Null(AccessJudge.Refuse(Caller.Local, "DELETE", "/api/v1/overrides"));
        Assert.Null(AccessJudge.Refuse(Caller.Local, "POST", "/api/v1/records"));
        Assert.True(Caller.Local.MayWrite("any.name", "MX"));
    }

    private static Caller CallerWith(ApiGrant api, params RecordGrant[] records) =>
        new("ns/name of issuer", api, [.. records], null, TimeSpan.FromMinutes(10));
}
