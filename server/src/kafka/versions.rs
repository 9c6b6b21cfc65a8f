//! Which version of each request a broker and this console have in common.

use std::collections::HashMap;

use ouzel_wire::{Request, messages::ApiVersionsResponse};

/// What one broker offers.
#[derive(Debug, Clone, Default)]
pub struct Versions {
    requests: HashMap<i16, (i16, i16)>,
    /// Features that its cluster has switched on, with their levels, by name.
    features: Vec<(String, i16)>,
}

impl Versions {
    /// As the broker told.
    pub fn new(response: &ApiVersionsResponse) -> Versions {
        let entry = |api: &ouzel_wire::messages::ApiVersion| {
            (api.api_key, (api.min_version, api.max_version))
        };
        let features = response.finalized_features.iter();
        let mut features: Vec<_> =
            features.map(|it| (it.name.clone(), it.max_version_level)).collect();
        features.sort();
        Versions { requests: response.api_keys.iter().map(entry).collect(), features }
    }

    /// Features that are on; none where the broker tells none.
    pub fn features(&self) -> &[(String, i16)] {
        &self.features
    }

    /// The newest version of `R` that both know.
    pub fn newest<R: Request>(&self) -> Option<i16> {
        let (min, max) = *self.requests.get(&(R::KEY as i16))?;
        let newest = max.min(*R::VERSIONS.end());
        (newest >= min.max(*R::VERSIONS.start())).then_some(newest)
    }
}

#[cfg(test)]
mod tests {
    use ouzel_wire::Request;
    use ouzel_wire::messages::{ApiVersion, ApiVersionsResponse, FetchRequest, MetadataRequest};

    use super::Versions;

    fn broker(api_key: i16, min_version: i16, max_version: i16) -> Versions {
        let api = ApiVersion { api_key, min_version, max_version, ..Default::default() };
        Versions::new(&ApiVersionsResponse { api_keys: vec![api], ..Default::default() })
    }

    #[test]
    fn the_newest_version_in_common_is_taken_and_none_without_one() {
        assert_eq!(broker(1, 0, 11).newest::<FetchRequest>(), Some(11));
        assert_eq!(broker(1, 0, 99).newest::<FetchRequest>(), Some(*FetchRequest::VERSIONS.end()));
        assert_eq!(broker(1, 0, 3).newest::<FetchRequest>(), None);
        assert_eq!(broker(1, 50, 60).newest::<FetchRequest>(), None);
        assert_eq!(broker(1, 0, 11).newest::<MetadataRequest>(), None);
    }
}
