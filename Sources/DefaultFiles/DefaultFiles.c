#include "DefaultFiles.h"
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char guangdong_arrivals[] = {
#embed "../../config/mappings/guangdong-arrivals.yaml"
};
static const unsigned char guangdong_departures[] = {
#embed "../../config/mappings/guangdong-departures.yaml"
};
static const unsigned char shanghai_arrivals[] = {
#embed "../../config/mappings/shanghai-arrivals.yaml"
};
static const unsigned char heilongjiang_arrivals[] = {
#embed "../../config/mappings/heilongjiang-arrivals.yaml"
};
static const unsigned char liaoning_arrivals[] = {
#embed "../../config/mappings/liaoning-arrivals.yaml"
};
static const unsigned char zhejiang_arrivals[] = {
#embed "../../config/mappings/zhejiang-arrivals.yaml"
};
static const unsigned char policy[] = {
#embed "../../config/policies/default.yaml"
};
static const unsigned char sample[] = {
#embed "../../Tests/Fixtures/samples/guangdong-arrivals.csv"
};

static const struct default_file files[] = {
    {"mappings/guangdong-arrivals.yaml", guangdong_arrivals, sizeof guangdong_arrivals},
    {"mappings/guangdong-departures.yaml", guangdong_departures, sizeof guangdong_departures},
    {"mappings/shanghai-arrivals.yaml", shanghai_arrivals, sizeof shanghai_arrivals},
    {"mappings/heilongjiang-arrivals.yaml", heilongjiang_arrivals, sizeof heilongjiang_arrivals},
    {"mappings/liaoning-arrivals.yaml", liaoning_arrivals, sizeof liaoning_arrivals},
    {"mappings/zhejiang-arrivals.yaml", zhejiang_arrivals, sizeof zhejiang_arrivals},
    {"policies/default.yaml", policy, sizeof policy},
    {"samples/guangdong-arrivals.csv", sample, sizeof sample},
};
const size_t default_file_count = sizeof files / sizeof files[0];

const struct default_file *default_file_at(size_t index) { return &files[index]; }
