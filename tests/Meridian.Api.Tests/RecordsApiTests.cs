using Meridian.Api.Access;
using Meridian.Api.Tests.Support;
using Meridian.Model.Resources;

namespace Meridian.Api.Tests;

public sealed class RecordsApiTests : ApiTest
{
    private static readonly Caller Granted = new("ns/name of issuer", ApiGrant.None,
        [new RecordGrant { Zones = ["example.org."], Names = ["*.example.org"], Types = ["A"] }], "hanoi",
        TimeSpan.FromMinutes(10));

    [Fact]
    public async Task Records_are_changed_and_given_back_as_they_were_written()
    {
        const string record = """{"dnsName":"a.example.org","targets":["10.0.0.1"],"recordType":"A","recordTTL":60}""";

        Assert.Equal((204, ""), await Server.PostAsync("/api/v1/records", $$"""{"create":[{{record}}]}"""));

        Assert.Equal(Caller.Local, Assert.Single(Node.Changes).Caller);
        Assert.Equal((200, $"[{record}]"), await Server.GetAsync("/api/v1/records"));
    }

    [Fact]
    public async Task A_caller_is_who_the_guard_found()
    {
        Server.Caller = Granted;

        Assert.Equal(204, (await Server.PostAsync("/api/v1/records", Create("a.example.org"))).Status);

        Assert.Equal(Granted, Assert.Single(Node.Changes).Caller);
    }

    [Fact]
    public async Task A_batch_with_one_record_beyond_the_grants_is_refused_whole()
    {
        Server.Caller = Granted;

        Assert.Equal((403, "ns/name of issuer may not write A records of `a.example.net`: "
            + "no grant of the policy allows it"),
            await Server.PostAsync("/api/v1/records", Create("a.example.org", "a.example.net")));
        Assert.Empty(Node.Changes);
    }

    [Fact]
    public async Task The_scope_of_the_operator_is_every_zone_in_canonical_form() => Assert.Equal(
        (200, """{"zones":["example.net","example.org"]}"""), await Server.GetAsync("/api/v1/records/scope"));

    [Fact]
    public async Task The_scope_of_a_client_is_what_it_is_granted()
    {
        Server.Caller = Granted;

        var (status, text) = await Server.GetAsync("/api/v1/records/scope");

        Assert.Equal(200, status);
        Assert.StartsWith("""{"zones":["example.org"],"grants":[{""", text);
    }

    [Fact]
    public async Task A_refusal_and_a_store_that_fails_are_told_apart()
    {
        Node.RecordRefusal = "record `a.example.org.`: there is no zone for it";
        Assert.Equal((422, Node.RecordRefusal), await Server.PostAsync("/api/v1/records", Create("a.example.org")));

        (Node.RecordRefusal, Node.StoreFault) = (null, "the disk is full");
        Assert.Equal((503, "the records cannot be stored and are not served: the disk is full"),
            await Server.PostAsync("/api/v1/records", Create("a.example.org")));
    }

    [Theory]
    [InlineData(16, 1000, true)]
    [InlineData(17, 1, false)]
    [InlineData(0, 1, false)]
    [InlineData(16, 1001, false)]
    public async Task A_record_has_a_short_type_and_at_most_a_thousand_targets(int type, int targets, bool accepted)
    {
        var record = $$"""
            {"create":[{"dnsName":"a.example.org","recordType":"{{new string('T', type)}}",
            "targets":[{{string.Join(',', Enumerable.Repeat("\"t\"", targets))}}]}]}
            """;
        Assert.Equal(accepted ? 204 : 422, (await Server.PostAsync("/api/v1/records", record)).Status);
    }

    [Theory]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    public async Task A_target_is_at_most_as_long_as_the_data_of_a_record(int length, bool accepted)
    {
        var record = $$"""
            {"create":[{"dnsName":"a.example.org","recordType":"TXT","targets":["{{new string('t', length)}}"]}]}
            """;
        Assert.Equal(accepted ? 204 : 422, (await Server.PostAsync("/api/v1/records", record)).Status);
    }

    [Theory]
    [InlineData("""{"create":[{}]}""")]
    [InlineData("""{"delete":[{"dnsName":"a b","recordType":"TXT","targets":["t"]}]}""")]
    [InlineData("""{"updateNew":[{"dnsName":"ä.example.org","recordType":"TXT","targets":["t"]}]}""")]
    [InlineData("""{"updateOld":[{"dnsName":"-a.example.org","recordType":"A","targets":["10.0.0.1"]}]}""")]
    public async Task A_faulty_record_is_unprocessable_and_reaches_no_zone(string body)
    {
        Assert.Equal(422, (await Server.PostAsync("/api/v1/records", body)).Status);
        Assert.Empty(Node.Changes);
    }

    [Fact]
    public async Task A_property_that_cannot_be_read_is_refused_in_what_is_new_and_may_go()
    {
        const string Record = """
            {"dnsName":"a.example.org","recordType":"A","targets":["10.0.0.1"],
             "providerSpecific":[{"name":"aws/x","value":"y"},{"name":"webhook/meridian-weight","value":"ten"}]}
            """;
        var refusal = (422, "`a.example.org`: webhook/meridian-weight: "
            + "field `weight` wants a whole number, and this is `ten`");
        Assert.Equal(refusal, await Server.PostAsync("/api/v1/records", $$"""{"create":[{{Record}}]}"""));
        Assert.Equal(refusal, await Server.PostAsync("/api/v1/records", $$"""{"updateNew":[{{Record}}]}"""));
        Assert.Equal(204, (await Server.PostAsync("/api/v1/records", $$"""{"delete":[{{Record}}]}""")).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"create":[null]}""")]
    [InlineData("""{"create":[{"dnsName":null,"recordType":"A","targets":["10.0.0.1"]}]}""")]
    [InlineData("""{"create":[{"dnsName":"a.example.org","recordType":null,"targets":["10.0.0.1"]}]}""")]
    [InlineData("""{"create":[{"dnsName":"a.example.org","recordType":"A","targets":[null]}]}""")]
    [InlineData("""{"create":[{"dnsName":"a.example.org","recordType":"TXT","providerSpecific":[null]}]}""")]
    [InlineData("""{"create":[{"dnsName":"a.example.org","recordType":"TXT","providerSpecific":[{}]}]}""")]
    [InlineData("""{"create":{}}""")]
    [InlineData("""{"create":[{"dnsName":7}]}""")]
    [InlineData("""{"create":[{"dnsName":"a.example.org","recordType":"A","targets":null}]}""")]
    [InlineData("""{"create":[{"dnsName":"a.example.org","recordType":"A","recordTTL":1e99}]}""")]
    public async Task A_broken_body_is_a_bad_request(string body)
    {
        Assert.Equal(400, (await Server.PostAsync("/api/v1/records", body)).Status);
        Assert.Empty(Node.Changes);
    }

    [Fact]
    public async Task Changes_of_nothing_are_applied() =>
        Assert.Equal(204, (await Server.PostAsync("/api/v1/records", """{"create":null}""")).Status);

    private static string Create(params string[] names) =>
        $$"""{"create":[{{string.Join(',', names.Select(Record))}}]}""";

    private static string Record(string name) =>
        $$"""{"dnsName":"{{name}}","targets":["10.0.0.1"],"recordType":"A"}""";
}
