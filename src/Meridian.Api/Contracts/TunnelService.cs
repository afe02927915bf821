namespace Meridian.Api.Contracts;

/// <summary>A service behind a tunnel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Health">Up, Down or Unknown.</param>
/// <param name="Reason">Why.</param>
public sealed record TunnelService(string Name, string Health, string Reason);
