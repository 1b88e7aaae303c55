//! A root CA that is made before there is a server, and given to it by its configuration.

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, KeyPair, KeyUsagePurpose,
    SanType,
};

pub(crate) struct Ca {
    pub(crate) cluster_id: String,
    pub(crate) root: String,
    private_key: String,
}

impl Ca {
    /// Makes a root that Consul's built-in provider takes: an EC key, CA:TRUE, both key usages, a
    /// subject key identifier, and the trust domain as a SPIFFE URI.
    pub(crate) fn new(cluster_id: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, "peertok test root");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let uri = format!("spiffe://{cluster_id}.consul");
        params.subject_alt_names = vec![SanType::URI(uri.try_into().unwrap())];
        let key = KeyPair::generate().unwrap();
        Self {
            cluster_id: cluster_id.to_owned(),
            root: params.self_signed(&key).unwrap().pem(),
            private_key: key.serialize_pem(),
        }
    }

    /// The root as `/v1/connect/ca/configuration` takes it.
    pub(crate) fn api_config(&self) -> serde_json::Value {
        serde_json::json!({"RootCert": self.root, "PrivateKey": self.private_key})
    }

    /// The root as the agent's configuration has it, in `connect.ca_config`.
    pub(crate) fn agent_config(&self) -> serde_json::Value {
        serde_json::json!({
            "cluster_id": self.cluster_id,
            "root_cert": self.root,
            "private_key": self.private_key,
        })
    }
}
