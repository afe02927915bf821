using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class ServiceOfferTests
{
    private static readonly ServiceReport Echo = new("echo", ServiceHealth.Up, "ok", 0.5);
    private static readonly ServiceReport Other = new("other", ServiceHealth.Up, "ok");

    [Fact]
    public void What_is_published_is_what_is_offered_and_permitted()
    {
        Assert.Empty(ServiceOffer.Nothing.Of([Echo]).Published);
        var offer = ServiceOffer.Nothing.Of([Echo, Other]).Under(s => s == "echo");
        Assert.Equal([Echo], offer.Published);
        Assert.Equal([Other], offer.Under(s => s == "other").Published);
        Assert.Empty(offer.Of([Other]).Published);
    }

    [Fact]
    public void A_report_of_another_load_differs_by_load_alone_and_every_other_one_does_not()
    {
        var offer = ServiceOffer.Nothing.Of([Echo, Other]);
        Assert.True(offer.DiffersByLoadAlone([Echo, Other]));
        Assert.True(offer.DiffersByLoadAlone([Echo with { Load = 0.7 }, Other with { Load = 1 }]));
        Assert.False(offer.DiffersByLoadAlone([Echo]));
        Assert.False(offer.DiffersByLoadAlone([Echo, Other with { Health = ServiceHealth.Down }]));
        Assert.False(offer.DiffersByLoadAlone([Echo, Other with { Reason = "why" }]));
    }
}
