using System.Numerics;

namespace Meridian.Geography;

/// <summary>A range of addresses, both ends included, and its number.</summary>
internal readonly record struct NestedRange<T>(T First, T Last, int Value) where T : struct, IBinaryInteger<T>;
