namespace Meridian.Dns.Zones;

/// <summary>Something wrong with the data of a zone: file and line are empty and 0 where there is no file.</summary>
public sealed record ZoneFault(string File, int Line, string Message);
