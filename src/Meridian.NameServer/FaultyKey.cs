using Meridian.Dns.Wire;
using Meridian.Model;

namespace Meridian.NameServer;

/// <summary>A shared key whose secret cannot be read.</summary>
/// <param name="Name">The key's name in messages.</param>
/// <param name="Fault">What is wrong with it.</param>
public sealed record FaultyKey(DnsName Name, Fault Fault);
